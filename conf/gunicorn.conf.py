"""gunicorn's fixed settings; address, workers and threads come from [server] of the settings.

Each line says why. Threads are many and cheap: one that waits for a slow client holds nothing else.
"""

worker_class = "ehbox_soap.threads.Worker"
worker_connections = 2048
keepalive = 75
# Java clients reuse connections for minutes; shorter would end them under a request.
timeout = 120
# A worker that has stopped answering its arbiter for this long is replaced; requests themselves have deadlines.
graceful_timeout = 60
backlog = 1024
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# The server logs each request itself, without addresses or paths.
accesslog = None
errorlog = "-"
# Its warnings would hold the address and the words of a client that does not speak HTTP.
loglevel = "error"
# No side channel into the running server.
control_socket_disable = True
preload_app = False
