using System.Collections;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Scoring.Server.Settings;

/// <summary>Holds options to the rules of their settings, wherever their values come from, and then to what must fit together.</summary>
/// <param name="section">The section of the settings, for the messages.</param>
internal sealed class SettingValidator<T>(string section) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        List<string> faults = [.. Faults(section, options)];
        if (faults.Count == 0 && options is IValidatableObject together)
        {
            faults.AddRange(together.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!));
        }
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(string path, object options) =>
        SettingCatalog.Of(options.GetType()).SelectMany(setting => Faults(path, setting, setting.ValueIn(options)));

    private static IEnumerable<string> Faults(string path, Setting setting, object? value)
    {
        var place = $"{path}:{setting.Name}";
        if (value is not IDictionary named)
        {
            return setting.IsValid(value) ? [] : [setting.Refuse($"Setting {place}", Setting.Write(value))];
        }
        return named
            .Keys.Cast<string>()
            .SelectMany(name =>
                Faults($"{place}:{name}", named[name]!)
                    .Concat(setting.IsName(name) ? [] : [setting.Refuse($"Setting {place}:{name}", name)])
            );
    }
}
