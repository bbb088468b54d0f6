// Package person holds what may befall the registration of any person, elder or child, whatever else is recorded of them:
// their personal data is erased, or they turn out to be registered twice. Its events stand in the person's own stream.
//
// What may enter: rules that are the same for both. What may not: keys and ciphertexts (the vault destroys what an event
// names), the rules of one stream, counting.
package person
