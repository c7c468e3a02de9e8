"""Stand-ins for vendors: small local servers that speak as the real ones do, faults and oddities included."""
