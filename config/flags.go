package config

// Flags are the settings that may be given on the command line, for a kong command to embed. nil means not given.
type Flags struct {
	Data      *string `help:"Folder of this node's data." placeholder:"DIR"`
	Name      *string `help:"Name of this node; the host name when not given."`
	Bind      *string `help:"Address that serves browsers." placeholder:"ADDRESS"`
	Port      *int    `help:"Port for browsers; 0 takes any free one."`
	OpsBind   *string `help:"Address of metrics and health." placeholder:"ADDRESS"`
	OpsPort   *int    `help:"Port of metrics and health; 0 takes any free one."`
	LogLevel  *string `help:"debug, info, warn or error." placeholder:"LEVEL"`
	LogFormat *string `help:"auto, json or text." placeholder:"FORMAT"`
}

// apply overwrites what was given and notes the origin.
func (f Flags) apply(l *Loaded) {
	set(l, "data", "--data", &l.Data, f.Data)
	set(l, "name", "--name", &l.Name, f.Name)
	set(l, "bind", "--bind", &l.Bind, f.Bind)
	set(l, "port", "--port", &l.Port, f.Port)
	set(l, "ops_bind", "--ops-bind", &l.OpsBind, f.OpsBind)
	set(l, "ops_port", "--ops-port", &l.OpsPort, f.OpsPort)
	set(l, "log.level", "--log-level", &l.Log.Level, f.LogLevel)
	set(l, "log.format", "--log-format", &l.Log.Format, f.LogFormat)
}

func set[T any](l *Loaded, key, flag string, to, given *T) {
	if given != nil {
		*to, l.Origin[key] = *given, "flag "+flag
	}
}
