"""The catalogue: what the models' YAML declares, how it is drawn, and what a server shows of it."""
