"""What workers share beside databases: ports, folders, names of queues and keys, one for each."""

from moonpool.environment.namespace import claim_namespace
from moonpool.environment.templates import check_templates, expand
from moonpool.environment.worker import WorkerPlace, open_place

__all__ = ["WorkerPlace", "check_templates", "claim_namespace", "expand", "open_place"]
