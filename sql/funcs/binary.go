package funcs

var binaryFuncs = []*Func{}
