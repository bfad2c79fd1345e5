// Never comes to serve, and does not end.
setInterval(() => {}, 60_000);
