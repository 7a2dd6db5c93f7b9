"""Measuring the objects of a mask, by the definitions of scikit-image's regionprops."""

from segdesk.core.measure.columns import Column
from segdesk.core.measure.table import ObjectTable, measure_objects, merged

__all__ = ["Column", "ObjectTable", "measure_objects", "merged"]
