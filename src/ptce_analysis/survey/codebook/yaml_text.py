"""A codebook file to plain mappings, lists and texts: nothing is executed, expanded, or turned into another type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ptce_analysis.errors import InputError

_LARGEST, _DEEPEST = 1_000_000, 20


def yaml_mapping(path: Path) -> dict[str, Any]:
    """Return the mapping a YAML file holds, every value a text, a list or a mapping (`no`, `1.50` stay as written).

    Raises
    ------
    InputError
        If the file is missing, too large or not YAML, or uses anchors, doubled keys, or nests too deep.
    """
    if not path.is_file():
        raise InputError(f"{path.name}: no such codebook. `ptce codebook EXPORT` drafts one.")
    data = path.read_bytes()
    if len(data) > _LARGEST:
        raise InputError(f"{path.name}: more than {_LARGEST} bytes. A codebook is a short text: check the file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}, byte {error.start}: not UTF-8. Save the codebook as UTF-8.") from error
    return yaml_text_mapping(text, path.name)


def yaml_text_mapping(text: str, file: str) -> dict[str, Any]:
    """Return the mapping a YAML text holds; see `yaml_mapping`.

    Raises `InputError` for a text that is not YAML, or holds something else than a mapping.
    """
    import yaml

    try:
        _check_events(text, file)
        found = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file}: not readable as YAML: {_where(error)}") from error
    if not isinstance(found, dict):
        raise InputError(f"{file}: a codebook is a mapping (wave:, origin:, variables:), this is something else.")
    return found


def _check_events(text: str, file: str) -> None:
    """Refuse aliases (a few lines of them fill the memory), doubled keys and deep nesting before building anything."""
    import yaml

    open_keys: list[tuple[set[str], bool] | None] = []
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(
                f"{file}, line {line}: anchors and aliases (& and *) are not used in codebooks. Write it out."
            )
        if isinstance(event, yaml.CollectionEndEvent):
            open_keys.pop()
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            _count_key(open_keys, event, file, line)
        if isinstance(event, yaml.CollectionStartEvent):
            open_keys.append((set(), True) if isinstance(event, yaml.MappingStartEvent) else None)
        if len(open_keys) > _DEEPEST:
            raise InputError(
                f"{file}, line {line}: nested more than {_DEEPEST} deep. A codebook is flat: check the file."
            )


def _count_key(open_keys: list[tuple[set[str], bool] | None], event: Any, file: str, line: int) -> None:
    """Keep the keys of the innermost mapping; a key and a value take turns."""
    if not open_keys or open_keys[-1] is None:
        return
    keys, is_key = open_keys[-1]
    name = getattr(event, "value", None)
    if is_key and not isinstance(name, str):
        raise InputError(f"{file}, line {line}: a key must be a text.")
    if is_key and name in keys:
        raise InputError(f"{file}, line {line}: the key {name!r} is given twice. Keep one.")
    open_keys[-1] = (keys | {name} if is_key and isinstance(name, str) else keys, not is_key)


def _where(error: BaseException) -> str:
    """Return the line and the reason of a YAML error."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}." if mark else f"{error or type(error).__name__}."
