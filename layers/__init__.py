"""What lies where: asset layers, their versions, and spatial questions about them."""
