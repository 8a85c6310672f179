// Command openapi prints the OpenAPI document of the gateway, for generators.
package main

import (
	"fmt"
	"os"

	"parley/gateway/rest"
)

func main() {
	document, err := rest.OpenAPI("v1")
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
	fmt.Println(string(document))
}
