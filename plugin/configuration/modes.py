"""Shadow or tag, for the site, a product or a project: a configuration in, another one out."""

from collections.abc import Callable, Collection, Iterable, Mapping

from plugin.domain.frozen import Frozen
from plugin.domain.product import Configuration, Mode, Product


class ModeError(Exception):
    """There is no such product or project; says which there are."""


class Extent(Frozen):
    """Which issues are meant: those of a product, of a project, of a project within a product; without either, all."""

    product: str | None = None
    project: str | None = None

    def __str__(self) -> str:
        named = [f"product {self.product}"] if self.product else []
        named += [f"project {self.project}"] if self.project else []
        return ", ".join(named) or "the whole site"


def with_mode(active: Configuration, extent: Extent, mode: Mode) -> Configuration:
    """Sets the one key that speaks of the extent; narrower settings stay. Raises ModeError."""
    meant = _meant(active, extent)
    if extent.project:
        modes = {extent.project: mode}
        return _replaced(active, meant, lambda one: {"project_modes": {**one.project_modes, **modes}})
    if extent.product:
        return _replaced(active, meant, lambda one: {"product": one.product.model_copy(update={"mode": mode})})
    return active.model_copy(update={"site": active.site.model_copy(update={"mode": mode})})


def in_shadow(active: Configuration, extent: Extent) -> Configuration:
    """Nothing in the extent is tagged any more, whatever narrower settings said. Raises ModeError."""
    found = with_mode(active, extent, "shadow")
    if extent.project:
        return found
    return _replaced(found, _meant(active, extent), _hushed)


def otherwise(active: Configuration, extent: Extent, mode: Mode) -> list[str]:
    """Narrower settings inside the extent that keep another mode, in words."""
    if extent.project:
        return []
    found = []
    for one in _meant(active, extent):
        if not extent.product and one.product.mode not in (None, mode):
            found.append(f"product {one.id} stays in {one.product.mode}, by its own setting")
        found += [
            f"project {key} stays in {its}, by its own setting" for key, its in one.project_modes.items() if its != mode
        ]
    return found


def _hushed(one: Product) -> Mapping[str, object]:
    modes: dict[str, Mode] = dict.fromkeys(one.project_modes, "shadow")
    own = "shadow" if one.product.mode else None
    return {"project_modes": modes, "product": one.product.model_copy(update={"mode": own})}


def _meant(active: Configuration, extent: Extent) -> list[Product]:
    """The products that the extent touches; a project alone means those that name it."""
    products = [one for one in active.products if extent.product in (None, one.id)]
    if not products:
        raise ModeError(
            f"there is no product {extent.product!r}; there are {_listed(one.id for one in active.products)}"
        )
    if extent.project is None or extent.product:
        return products
    naming = [one for one in products if extent.project in _named(one)]
    if not naming:
        known = {key for one in products for key in _named(one)}
        raise ModeError(
            f"no product names the project {extent.project!r}; they name {_listed(known)}. "
            "For another one of a product's scope give --product as well"
        )
    return naming


def _named(one: Product) -> set[str]:
    return {key for stream in one.streams for key in stream.projects} | one.project_modes.keys()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _replaced(
    active: Configuration, meant: Collection[Product], changed: Callable[[Product], Mapping[str, object]]
) -> Configuration:
    ids = {one.id for one in meant}
    products = tuple(one.model_copy(update=changed(one)) if one.id in ids else one for one in active.products)
    return active.model_copy(update={"products": products})
