package lint_test

import (
	"os"
	"regexp"
	"testing"
)

// citation is a feature or a transition as comments name it: F22, T14.
var citation = regexp.MustCompile(`\b[FT][1-9][0-9]?\b`)

// Whoever reads "(T14)" in the code finds it in docs/rules.md.
func TestCitedRulesAreWritten(t *testing.T) {
	page, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([FT][0-9]+) \|`).FindAllStringSubmatch(string(page), -1) {
		if written[row[1]] {
			t.Errorf("docs/rules.md has two rows for %s", row[1])
		}
		written[row[1]] = true
	}
	if len(written) < 20 {
		t.Fatalf("found %d rules only in docs/rules.md", len(written))
	}
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			for _, comment := range group.List {
				for _, rule := range citation.FindAllString(comment.Text, -1) {
					if !written[rule] {
						t.Errorf("%s: %s stands nowhere in docs/rules.md", s.at(comment.Pos()), rule)
					}
				}
			}
		}
	}
}
