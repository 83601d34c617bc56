"""Cases by file: old ones in from CSV and XLSX, all out as CSV, XLSX, GeoPackage and GeoParquet."""
