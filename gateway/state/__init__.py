"""The only Redis: dialogue sessions, throttles and the job queue. Everything here may be flushed at any moment."""
