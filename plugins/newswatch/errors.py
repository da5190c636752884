"""What can go wrong, as one tree.

    NewswatchError                something a person must act on; its text says what, where, what follows, and the next step
    ├── ConfigError               a file under config/ cannot be used; names file:line:column
    ├── ModelError                the model file is missing, altered, or of another make
    ├── StorageError              the database cannot be used
    │   └── SchemaTooNewError     a newer Newswatch has migrated it
    ├── RuntimeSetupError         a local server could not be started: port, folder, version
    ├── ConflictError             somebody else changed it since it was read; look at what stands now, then try again
    ├── DeliveryError             messages cannot be delivered until somebody acts (token revoked, scope missing)
    └── GateError                 a run is declared failed on purpose: too many feeds failed

A dead feed, a 304, an empty page or a refused message is a *result*, never an exception.
"""

from __future__ import annotations


class NewswatchError(Exception):
    """Base of all errors whose text is written for a person; commands print it without a traceback."""


class ConfigError(NewswatchError):
    """A configuration file cannot be used. The text names file, line, column, key, what was expected and how to fix it."""


class ModelError(NewswatchError):
    """No usable model: the file is missing, its hash differs from its manifest, or another library version wrote it."""


class StorageError(NewswatchError):
    """The database cannot be reached or used."""


class SchemaTooNewError(StorageError):
    """The database was migrated by a newer Newswatch than this one; going on could lose what that one stored."""


class RuntimeSetupError(NewswatchError):
    """A local server could not be started or stopped."""


class ConflictError(NewswatchError):
    """What was to be changed is not what it was when it was read (HTTP's 409). Nothing was changed."""


class DeliveryError(NewswatchError):
    """Nothing can be delivered until somebody acts; everything waits in the outbox."""


class GateError(NewswatchError):
    """A run is declared failed on purpose, because its results cannot be trusted."""
