module a/b/v2 // c

require (
	x/y v1.0.0
)
require z v2.0.0
