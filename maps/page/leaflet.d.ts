declare const L: any;
