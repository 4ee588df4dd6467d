namespace Scoring.Grains.Announcements;

/// <summary>Has every silo take over what is new in the store.</summary>
public interface IStoreAnnouncer
{
    /// <summary>Returns once every silo answers by the models and documents that are stored, or answers nothing.</summary>
    Task AnnounceAsync();
}
