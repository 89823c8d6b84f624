"""The figures of the room `gradients`: each reads tables and writes a picture, and never imports torch."""
