namespace Scoring.Core.History;

/// <summary>What the health of an account changes by, in the order in which it is told. The numbers go from one server to another and never change.</summary>
public enum AccountChangeKind
{
    /// <summary>Time: the periods that are looked at are later ones.</summary>
    Time = 1,

    /// <summary>The account has more seats, or fewer, or these became known.</summary>
    Seats = 2,

    /// <summary>Features were used for the first time by anybody of the workspace, where every feature ever used is a key feature.</summary>
    KeyFeatures = 3,

    /// <summary>Customers belong to the account no more.</summary>
    Left = 4,

    /// <summary>Customers of the account were merged into others, of whatever account.</summary>
    Merged = 5,

    /// <summary>Customers who were known before joined the account, with all that they had done by then.</summary>
    Joined = 6,

    /// <summary>Customers of whom nothing was known before belong to the account.</summary>
    New = 7,

    /// <summary>Customers were merged into some of the account, who have since done what those had done.</summary>
    Adopted = 8,

    /// <summary>Events of a type occurred.</summary>
    Events = 9,

    /// <summary>Names were removed, with what customers had under them.</summary>
    Pruning = 10,
}
