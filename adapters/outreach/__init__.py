"""Ways a message leaves for a customer, one file each."""
