package funcs

var aggregateFuncs = []*Func{}
