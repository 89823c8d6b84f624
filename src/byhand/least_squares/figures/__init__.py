"""The figures of the room `least_squares`: each reads tables and writes a picture, and never imports torch."""
