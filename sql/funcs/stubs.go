package funcs

var castGo = []GoFunc{}

var regexpGo = []GoFunc{}

var datetimeGo = []GoFunc{}

var jsonGo = []GoFunc{}

var mathGo = []GoFunc{}

var binaryGo = []GoFunc{}

var urlGo = []GoFunc{}

var addressGo = []GoFunc{}

var arrayGo = []GoFunc{}
