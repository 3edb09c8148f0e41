"""The dialogue book: screens, texts and keywords as data, and the pure engine that walks them."""
