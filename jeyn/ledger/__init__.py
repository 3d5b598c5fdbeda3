"""The append-only record of artefacts and relationships, over any KeyValueStore."""
