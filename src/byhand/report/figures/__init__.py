"""The figures of the room `report`: each reads tables and writes a picture, and never imports torch."""
