"""The figures of the room `jacobian`: each reads tables and writes a picture, and never imports torch."""
