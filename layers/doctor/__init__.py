"""Examinations of published layers, as a careful GIS analyst would do them."""
