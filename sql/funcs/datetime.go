package funcs

var datetimeFuncs = []*Func{}
