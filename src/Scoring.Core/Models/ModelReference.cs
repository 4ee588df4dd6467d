using System.Globalization;

namespace Scoring.Core.Models;

/// <summary>Names a model, or one version of it, as queries do: "engagement" or "engagement@3".</summary>
/// <param name="Name">The name; empty means the workspace's default model.</param>
/// <param name="Version">The version, from 1; 0 means the current one.</param>
public readonly record struct ModelReference(string Name, int Version)
{
    /// <summary>Stands between name and version; no name contains it.</summary>
    public const char Separator = '@';

    /// <summary>Reads what <see cref="ToString"/> gives. What has no version behind the separator is a name that no model has.</summary>
    public static ModelReference Parse(string text)
    {
        var at = text.LastIndexOf(Separator);
        return
            at >= 0
            && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0
            ? new(text[..at], version)
            : new(text, 0);
    }

    /// <summary>The name, and the version behind it unless the current one is meant.</summary>
    public override string ToString() =>
        Version == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{Version}");
}
