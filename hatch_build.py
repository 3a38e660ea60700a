"""Lay ontology/ and corpus/ into the wheel, so that ``kb init`` has something to lay down."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads the folders of the checkout; a copy made now would be stale tomorrow.
        if version == "standard":
            build_data["force_include"] |= {"ontology": "kb/_home/ontology", "corpus": "kb/_home/corpus"}
