package command

import "strings"

// Who spells who may use a command, for people.
func Who(c *Command) string {
	var who []string
	if c.May(Customer) {
		who = append(who, "customer")
	}
	for _, r := range []Role{Agent, Supervisor, Administrator} {
		if c.May(r) {
			who = append(who, r.String())
			break
		}
	}
	s := strings.Join(who, ", ")
	if c.Admin != "" {
		s += "; administrator " + c.Admin
	}
	return s
}
