"""The figures of the room `initialization`: each reads tables and writes a picture, and never imports torch."""
