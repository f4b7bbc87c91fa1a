//! Emulated modules, probes, printer and scanner behind real interfaces.
