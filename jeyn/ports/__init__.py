"""The two things Jeyn needs of the world: a key-value store that can create, and a store of blobs."""

from jeyn.ports.blobs import BlobStore, BlobWriter
from jeyn.ports.keys import KeyValueStore

__all__ = ["BlobStore", "BlobWriter", "KeyValueStore"]
