"""The figures of the room `relu`: each reads tables and writes a picture, and never imports torch."""
