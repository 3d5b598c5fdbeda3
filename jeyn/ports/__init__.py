"""What Jeyn needs of the world: a key-value store that can create, a store of blobs; and for who wants them, a broker
of events and a store of secrets."""

from jeyn.ports.blobs import BlobStore, BlobWriter
from jeyn.ports.events import EventSink
from jeyn.ports.keys import KeyValueStore
from jeyn.ports.secrets import SecretStore

__all__ = ["BlobStore", "BlobWriter", "EventSink", "KeyValueStore", "SecretStore"]
