"""Public figures: how reports and rumours were dealt with, month by month, with nobody to be made out in them."""
