namespace Scoring.Core;

/// <summary>Bounds on what is recorded. Lengths are in bytes of UTF-8.</summary>
public static class Limits
{
    /// <summary>Longest customer, account or event id.</summary>
    public const int IdBytes = 256;

    /// <summary>Longest event type or feature.</summary>
    public const int NameBytes = 128;

    /// <summary>Longest attribute key.</summary>
    public const int AttributeKeyBytes = 64;

    /// <summary>Longest attribute value.</summary>
    public const int AttributeValueBytes = 256;

    /// <summary>Attribute keys that customers of one workspace have, and attributes of one account.</summary>
    public const int Attributes = 64;

    /// <summary>Event types in one workspace that no model or setting uses, and those that its models and settings use.</summary>
    public const int EventTypes = 1_000;

    /// <summary>Features in one workspace that no model or setting uses, and those that its models and settings use.</summary>
    public const int Features = 1_000;

    /// <summary>Customers of one workspace in one partition, and accounts.</summary>
    public const int Customers = (1 << 28) - 2;

    /// <summary>Customers that may be merged into one.</summary>
    public const int MergedCustomers = 100;

    /// <summary>Bytes of all customer ids of one workspace in one partition, each with 2 more and rounded up to 4; as many of account ids.</summary>
    public const long CustomerIdsBytes = 15L << 30;

    /// <summary>Bytes of the facts of all customers of one workspace in one partition.</summary>
    public const long FactsBytes = 16L << 30;

    /// <summary>Largest magnitude of an event's value, of a model's weights, caps, target points and ends of bands, and of an adjustment.</summary>
    public const double Value = 1e12;

    /// <summary>Least target points and least cap of a model: what is divided by them stays finite.</summary>
    public const double SmallestDivisor = 1e-6;

    /// <summary>Most seats of an account.</summary>
    public const int Seats = 10_000_000;

    /// <summary>Terms of one model.</summary>
    public const int Terms = 256;

    /// <summary>Features, or values of an attribute, of one term.</summary>
    public const int TermValues = 64;

    /// <summary>Bytes of the names and values of all terms of one model.</summary>
    public const int TermsBytes = 40 << 10;

    /// <summary>Steps of all terms of one model.</summary>
    public const int TermsSteps = 512;

    /// <summary>Dimensions of one model.</summary>
    public const int Dimensions = 16;

    /// <summary>Longest tenure grace, in days.</summary>
    public const int GraceDays = 3_650;

    /// <summary>Bands of one model.</summary>
    public const int Bands = 32;

    /// <summary>Models of one workspace.</summary>
    public const int Models = 1_000;

    /// <summary>Saved segments of one workspace.</summary>
    public const int Segments = 1_000;

    /// <summary>Versions of one model that are kept, the current one among them.</summary>
    public const int ModelVersions = 100;

    /// <summary>What the versions take up that are kept of all models of one workspace, beside the current ones.</summary>
    public const int ModelHistoryBytes = 16 << 20;

    /// <summary>Manual adjustments of one customer, each for another model.</summary>
    public const int Adjustments = 16;

    /// <summary>Longest note on why a model was changed or a score adjusted.</summary>
    public const int ChangeNoteBytes = 1_024;

    /// <summary>Longest period that account health is taken over, in days.</summary>
    public const int HealthWindowDays = 90;

    /// <summary>Groups that a segment is divided into.</summary>
    public const int SegmentGroups = 100_000;

    /// <summary>Customers that a list in order has, from its first on.</summary>
    public const int ListedCustomers = 1_000_000;

    /// <summary>Clauses of one filter.</summary>
    public const int FilterClauses = 64;

    /// <summary>Values that one clause of a filter compares with.</summary>
    public const int FilterValues = 100;

    /// <summary>Levels of parentheses and NOT in a filter.</summary>
    public const int FilterDepth = 8;

    /// <summary>Levels of a filter in which saved segments stand for what they are, of which AND, OR and NOT make one each.</summary>
    public const int ConditionDepth = 24;

    /// <summary>Tests of a filter in which saved segments stand for what they are.</summary>
    public const int ConditionTests = 1_000;

    /// <summary>Longest age that a filter or term compares with, in days.</summary>
    public const int FilterAgeDays = 36_500;

    /// <summary>Most days that a filter or term counts active days in.</summary>
    public const int ActiveDaysWindow = 192;

    /// <summary>Longest filter.</summary>
    public const int FilterBytes = 4_096;

    /// <summary>Corrections of events in one call.</summary>
    public const int Corrections = 1_000;

    /// <summary>Instants of one history.</summary>
    public const int HistoryPoints = 1_100;

    /// <summary>Customers that are named of those whose scores rose most, and of those whose scores fell most.</summary>
    public const int Movers = 100;

    /// <summary>Cut-offs of one evaluation of a model.</summary>
    public const int CutOffs = 60;

    /// <summary>Customers of the list that an evaluation is given.</summary>
    public const int ListedOutcomes = 100_000;

    /// <summary>Customers that are named of those who will leave a band.</summary>
    public const int BandLeavers = 1_000;

    /// <summary>Days for which a score is to stay in its band.</summary>
    public const int KeepDays = 3_650;

    /// <summary>Events of one type that are tried to keep a score in its band.</summary>
    public const int KeepingEvents = 10_000;
}
