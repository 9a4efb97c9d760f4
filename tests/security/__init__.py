"""The room `security`, against independent oracles (xmlsec, signxml) and the attacks it must stand."""
