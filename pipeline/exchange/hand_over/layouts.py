"""How a package can lie there: a new layout is a file that makes a shipment of a package, and a row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.exchange.hand_over import adi_folders, flat, package_tree
from pipeline.exchange.hand_over.shipment import Shipment
from pipeline.package.offline.sources import PackageSource

Layout = Callable[[PackageSource, str], Shipment]  # a package and the template of names → what goes there

PACKAGE = "package"
LAYOUTS: Mapping[str, Layout] = {PACKAGE: package_tree.laid_out, "flat": flat.laid_out, "adi": adi_folders.laid_out}
