"""How do findings leave for other programs? As rows, as STIX 2.1, as RSS: pure, values in and text out."""
