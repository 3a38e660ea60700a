"""Does a service description keep to its vocabulary? https://www.w3.org/TR/sparql11-service-description/"""

from collections.abc import Iterator

from rdflib import RDF, Graph, Literal, Namespace, Node

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
PROPERTIES = {  # what subject and object are; "" is anything
    "endpoint": ("Service", ""), "feature": ("Service", "Feature"), "propertyFeature": ("Service", "Feature"),
    "languageExtension": ("Service", "Feature"), "supportedLanguage": ("Service", "Language"),
    "extensionFunction": ("Service", "Function"), "extensionAggregate": ("Service", "Aggregate"),
    "resultFormat": ("Service", ""), "inputFormat": ("Service", ""), "defaultDataset": ("Service", "Dataset"),
    "defaultEntailmentRegime": ("Service", ""), "defaultSupportedEntailmentProfile": ("Service", ""),
    "entailmentRegime": ("NamedGraph", ""), "supportedEntailmentProfile": ("NamedGraph", ""),
    "availableGraphs": ("Service", "GraphCollection"), "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"), "name": ("NamedGraph", ""), "graph": ("NamedGraph", "Graph"),
}  # fmt: skip
INSTANCES = {  # of Language and Feature, which need no type beside them
    "SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "DereferencesURIs", "UnionDefaultGraph", "RequiresDataset",
    "EmptyGraphs", "BasicFederatedQuery",
}  # fmt: skip


def offences(graph: Graph) -> Iterator[str]:
    """What is not of the vocabulary, or not of the class that a property wants."""
    for subject, predicate, object in graph:
        name = str(predicate).removeprefix(SD)
        if name == str(predicate):
            continue
        if name not in PROPERTIES or isinstance(object, Literal):
            yield f"no such use of sd:{name}"
            continue
        for node, kind in zip((subject, object), PROPERTIES[name], strict=True):
            if kind and not is_a(graph, node, kind):
                yield f"sd:{name} wants {node} to be a sd:{kind}"
    if not any((service, SD.endpoint, None) in graph for service in graph[: RDF.type : SD.Service]):
        yield "no sd:Service with an sd:endpoint"


def is_a(graph: Graph, node: Node, kind: str) -> bool:
    """Whether *node* is said or known to be of the class; a Dataset is a GraphCollection too."""
    kinds = (kind, "Dataset") if kind == "GraphCollection" else (kind,)
    return str(node).removeprefix(SD) in INSTANCES or any((node, RDF.type, SD[each]) in graph for each in kinds)
