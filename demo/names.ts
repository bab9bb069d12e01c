/** Invented people's names for the demo company; any likeness is chance. */
export const firstNames = (
  'Wendell Otis Truong Graciela Cormac Rafael Deshawn Anders Imani Nadia Luz Ezra Santiago Ruthanne Joy Kofi Pavel Yusuf ' +
  'Bea Marguerite Dana Silas Odessa Priya Tomas Ingrid Malik Noor Felix Aisha Ruben Camille Otto Leila Hugo Amara Dmitri ' +
  'Rosa Elias Mina Jonah Sofia Abel Greta Omar Tessa Viktor Zora Hiro Paloma Emil Nia Caleb Ximena Arlo Farah Gideon Ines ' +
  'Kwame Lena Marcus Nora Oren Petra Quinn Rhea Stefan Thea Uma Victor Wanda Yara Zane Alma Boris Cleo Dario Edith Flora ' +
  'Gus Hana Ivan Jada Kurt Lola Milo Nell Olga Pia Reed Sana Theo Una Vera Wes Xavier Yvonne Zack Agnes Basil Cora Dean Esme'
).split(' ');

export const lastNames = (
  'Achterberg Farrow Vinh Tovar Doyle Quintanilla Mercer Holm Okwuosa Petrenko Montemayor Blum Ybarra Oakes Abernathy Mensah ' +
  'Hruska Karimi Lindholm Castellanos Whitfield Nakamura Delacroix Oyelaran Brandt Sorensen Vasquez Kowalski Beaumont Idowu ' +
  'Hargrove Pellegrino Tran Osei Lindqvist Marchetti Ferreira Ashworth Kaplan Dubois Novak Eriksen Salazar Prescott Rahman ' +
  'Thibodeaux Varga Wexler Yoon Zielinski Albright Bonilla Crowder Dahl Espinoza Fitzgerald Gallagher Hidalgo Ibarra Jeppesen ' +
  'Kimball Laramie Maddox Nolan Ortega Pruitt Quigley Rasmussen Stroud Tillman Underwood Valdez Winslow Yates Zamora Ames ' +
  'Barlow Calloway Drummond Ellery Fontaine Grady Hollis Irving Jarvis Keating Lockhart Merritt Norwood Oswald Pickett Rowland ' +
  'Sutter Thorne Upton Vance Wheeler Yarbrough Zeller Alcott Bridger Cordero Dunleavy Everett Fuentes Granger Hathaway Inglis ' +
  'Joubert Kessler Lombard Mattox Navarro Ogden Pryor Quarles Redmond Shepard Trask Urbina Voss Whitaker'
).split(' ');
