"""The commands of ``wugong``, a module each; :mod:`wugong_server.cli` lists them."""
