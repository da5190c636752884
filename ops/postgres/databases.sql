-- Run once, when the volume is new: the second database. The first, Airflow's own, the image makes from POSTGRES_DB.
CREATE DATABASE newswatch;
