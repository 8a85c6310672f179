package lint_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// texts reads everything that people wrote, by path from the top of the repository.
func texts(t *testing.T) map[string]string {
	t.Helper()
	const top = "../.."
	skip := regexp.MustCompile(`^(node_modules|dist|gen|bin|\.git|data)$`)
	written := regexp.MustCompile(`(\.(go|md|sh|ts|tsx|mjs|css|html|txtar|proto|yaml|json)|/Makefile|/run)$`)
	all := map[string]string{}
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skip.MatchString(d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !written.MatchString(filepath.ToSlash(name)) || strings.HasSuffix(name, ".pb.go") || strings.Contains(name, ".tmp.") || d.Name() == "package-lock.json":
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, name)
		all[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if all["README.md"] == "" || all["Makefile"] == "" || all[".ci/run"] == "" {
		t.Fatal("the walk has missed README, Makefile or .ci/run")
	}
	return all
}

// Whoever has the repository has everything: nothing points beside it, nothing is left for later.
func TestNothingPointsOutside(t *testing.T) {
	refused := regexp.MustCompile(`\.\./shared|/work/|\b(TO` + `DO|FIX` + `ME|HA` + `CK)\b`)
	allowed := map[string]bool{
		"tools/vuln.sh":              true, // says that the check is left out where there is no database
		"internal/lint/text_test.go": true,
	}
	for name, text := range texts(t) {
		if allowed[name] {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if found := refused.FindString(line); found != "" {
				t.Errorf("%s:%d: %s", name, i+1, found)
			}
		}
	}
}

// Links between our own pages lead somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	all := texts(t)
	for name, text := range all {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := filepath.Join("../..", filepath.Dir(name), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s is not there", name, m[1])
			}
		}
	}
}

// A test that sleeps for real is slow today and red tomorrow; in a synctest bubble sleeping costs nothing. centreBubble is the
// bubble of the actors' tests of a whole centre.
func TestNoTestSleepsForReal(t *testing.T) {
	for name, text := range texts(t) {
		if strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "internal/lint/") &&
			strings.Contains(text, "time.Sleep(") && !strings.Contains(text, `"testing/synctest"`) && !strings.Contains(text, "centreBubble(t,") {
			t.Errorf("%s: time.Sleep outside a synctest bubble", name)
		}
	}
}

// The README is read by people with little time.
func TestReadmeIsShort(t *testing.T) {
	if n := strings.Count(texts(t)["README.md"], "\n"); n >= 100 {
		t.Errorf("README.md has %d lines, 99 are allowed", n)
	}
}
