"""The figures of the room `housing`: each reads tables and writes a picture, and never imports torch."""
